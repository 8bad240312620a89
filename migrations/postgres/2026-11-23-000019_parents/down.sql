DROP INDEX companies_parent;
ALTER TABLE companies DROP COLUMN parent_id;
