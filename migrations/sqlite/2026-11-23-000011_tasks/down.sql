DROP INDEX activities_done_all;
DROP INDEX activities_open_all;
