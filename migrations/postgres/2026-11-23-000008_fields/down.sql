ALTER TABLE sources DROP COLUMN is_verified;
ALTER TABLE traits DROP COLUMN is_pinned;
ALTER TABLE trait_values DROP COLUMN pinned_at;
DROP TABLE field_values;
DROP TABLE trait_rules;
DROP TABLE fields;
