-- A private view that the members of a team see, too, and of the teams below it.
ALTER TABLE views ADD COLUMN team_id BIGINT;
