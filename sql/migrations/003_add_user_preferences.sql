-- Migration: Add user preferences
-- Description: What each user has set
-- Created: 2025-02-10

-- migrate:up
CREATE TABLE user_preferences (
  id VARCHAR(36) NOT NULL,
  user_id VARCHAR(36) NOT NULL,
  preference_key VARCHAR(255) NOT NULL,
  preference_value JSON,
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  CONSTRAINT uq_user_preferences_key UNIQUE (user_id, preference_key),
  CONSTRAINT fk_user_preferences_user_id FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX idx_user_preferences_user_id ON user_preferences (user_id);

-- migrate:down
DROP TABLE user_preferences;
