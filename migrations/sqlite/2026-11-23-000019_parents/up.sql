-- A company that belongs to another one.
ALTER TABLE companies ADD COLUMN parent_id BIGINT;
CREATE INDEX companies_parent ON companies (parent_id, sort_name, id) WHERE parent_id IS NOT NULL;
