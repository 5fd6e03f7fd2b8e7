require ["vacation", "vacation-seconds"];
vacation :seconds 0 :addresses ["yuki@example.com"] :subject "自動返信: 休暇中です"
"お世話になっております。

11月30日まで休暇をいただいております。お急ぎの場合は office@example.com までご連絡ください。";
