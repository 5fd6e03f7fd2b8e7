-- Facts that strangers cannot make, found without reading past a flood of those that they can.
CREATE INDEX facts_proven ON facts (address_key, received) WHERE level IN ('verified', 'strong');
CREATE INDEX facts_proven_of_domain ON facts (domain, proof, received)
    WHERE domain IS NOT NULL AND level IN ('verified', 'strong');
