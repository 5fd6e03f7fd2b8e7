"""Records mail from real mail systems for the demo and the tests; run by hand, not by pytest."""
