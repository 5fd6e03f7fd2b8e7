require ["vacation", "vacation-seconds"];
vacation :seconds 0 :addresses ["claire@example.com"] :subject "Réponse automatique : absente du bureau"
"Bonjour,

Je suis absente jusqu'au lundi 30 novembre, sans accès à ma messagerie. Votre message ne sera pas
transféré ; je vous répondrai à mon retour.

Claire";
