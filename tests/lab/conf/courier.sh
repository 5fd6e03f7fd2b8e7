# Runs inside the copy of the machine: install, configure, start; nothing here reaches the machine itself.
export DEBIAN_FRONTEND=noninteractive
printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d
printf 'courier-mta courier-mta/defaultdomain string post.example.net\ncourier-mta courier-mta/dsnfrom string "mailer at post.example.net" <MAILER-DAEMON@post.example.net>\ncourier-base courier-base/webadmin-configmode boolean false\n' | debconf-set-selections
dpkg --force-all -i /lab/*.deb
cd /etc/courier || exit 1
echo 'lists.example.org:[192.0.2.1],25' > esmtproutes
echo post.example.net > me; echo post.example.net > defaultdomain; echo localhost > locals
echo 25s > queuetime; echo 6s > warntime; echo 4s > retryalpha; echo 1 > retrybeta; echo 4s > retrygamma
echo 5s > esmtptimeoutconnect; echo 5s > esmtptimeouthelo; echo 10s > esmtptimeout; echo 3s > esmtpdelay
echo 192.0.2.9 > ipout
printf '192.0.2\tallow,RELAYCLIENT\n' > smtpaccess/default
makesmtpaccess; makealiases; makehosteddomains; makeacceptmailfor
sed -i -e 's/^ADDRESS=.*/ADDRESS=192.0.2.9/' -e 's/^PORT=.*/PORT=192.0.2.9.25/' -e 's/^BLACKLISTS=.*/BLACKLISTS=/' \
 -e 's/^BOFHCHECKDNS=.*/BOFHCHECKDNS=0/' -e 's/^ESMTPDSTART=.*/ESMTPDSTART=YES/' -e 's/^COURIERTLS=.*/COURIERTLS=/' \
 -e 's/^MAXPERIP=.*/MAXPERIP=100/;s/^MAXPERC=.*/MAXPERC=100/;s/^MAXDAEMONS=.*/MAXDAEMONS=100/' esmtpd
printf 'BOFHCHECKDNS=0\nopt BOFHCHECKDNS=0\nopt BOFHCHECKHELO=0\n' > bofh
rm -f /etc/resolv.conf /etc/hosts
echo 'nameserver 192.0.2.53' > /etc/resolv.conf; printf '127.0.0.1 localhost\n' > /etc/hosts
mkdir -p /run/courier /var/lib/courier/tmp; chown courier:courier /run/courier
courier start; esmtpd start
