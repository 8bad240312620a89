-- People of one e-mail domain, for the search for duplicates.
CREATE INDEX contacts_domain ON contacts ((split_part(email, '@', 2)), id) WHERE email IS NOT NULL AND deleted_at IS NULL;
