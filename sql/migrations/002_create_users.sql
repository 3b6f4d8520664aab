-- Migration: Create users
-- Description: People who use gogent
-- Created: 2025-02-03

-- migrate:up
CREATE TABLE users (
  id VARCHAR(36) NOT NULL,
  email VARCHAR(255) NOT NULL,
  name VARCHAR(255) NOT NULL,
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  CONSTRAINT uq_users_email UNIQUE (email)
);
CREATE INDEX idx_users_created_at ON users (created_at);

-- migrate:down
DROP TABLE users;
