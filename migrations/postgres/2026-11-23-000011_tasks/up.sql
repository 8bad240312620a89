-- Everybody's tasks, as who leads the team reads them: those due first, those done last.
CREATE INDEX activities_open_all ON activities (due_at, id) WHERE due_at IS NOT NULL AND done_at IS NULL AND deleted_at IS NULL;
CREATE INDEX activities_done_all ON activities (done_at DESC, id DESC) WHERE done_at IS NOT NULL AND deleted_at IS NULL;
