-- People of one e-mail domain, for the search for duplicates.
CREATE INDEX contacts_domain ON contacts (substr(email, instr(email, '@') + 1), id) WHERE email IS NOT NULL AND deleted_at IS NULL;
