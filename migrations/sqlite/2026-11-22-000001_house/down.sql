DROP TABLE files;
DROP TABLE throttles;
DROP TABLE cursors;
DROP TABLE leases;
DROP TABLE jobs;
DROP TABLE settings;
