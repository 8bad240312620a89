-- Roles that a workspace makes itself: what they grant, as words (accounts::access). Whoever has one keeps 'read_only' in
-- users.role, which is all that a program knows that has never heard of own roles.
CREATE TABLE roles (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  about TEXT NOT NULL,
  grants TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
-- Teams are a tree; whoever is in one, or leads it, has what is below it in reach, too.
CREATE TABLE teams (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  parent_id BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE TABLE team_people (
  team_id BIGINT NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
  user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  is_lead BOOLEAN NOT NULL,
  PRIMARY KEY (team_id, user_id)
) WITHOUT ROWID;
CREATE INDEX team_people_user ON team_people (user_id);

ALTER TABLE users ADD COLUMN role_id BIGINT REFERENCES roles (id);
ALTER TABLE user_tokens ADD COLUMN role_id BIGINT REFERENCES roles (id) ON DELETE SET NULL;
CREATE INDEX users_role_id ON users (role_id) WHERE role_id IS NOT NULL;
