require ["vacation", "vacation-seconds"];
vacation :seconds 0 :addresses ["ingrid@example.com"] :subject "Abwesenheitsnotiz: Urlaub bis 4. Dezember"
"Guten Tag,

ich bin bis zum 4. Dezember im Urlaub und lese keine E-Mails. In dringenden Fällen hilft Ihnen
gerne unser Büro weiter: buero@example.com.

Mit freundlichen Grüßen
Ingrid";
