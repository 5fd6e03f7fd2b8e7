require ["vacation", "vacation-seconds"];
vacation :seconds 0 :addresses ["henrik@example.com"] :subject "Henrik has left the company"
"Hello,

Henrik no longer works here. This mailbox is not read any more and will be closed at the end of the
month. Please write to sales@example.com instead.";
