require ["reject"];
reject "This address only sends. Nothing that is written to it is read; please use our contact form.";
