DROP INDEX users_role_id;
ALTER TABLE user_tokens DROP COLUMN role_id;
ALTER TABLE users DROP COLUMN role_id;
DROP TABLE team_people;
DROP TABLE teams;
DROP TABLE roles;
