"""The real chain: Postfix, a remote that refuses, Dovecot, the command, a webhook receiver."""
