-- Migration: Initial schema
-- Description: Runs, configurations, requests and responses of gogent, and what is compared and logged
-- Created: 2025-01-15

-- migrate:up
CREATE TABLE function_definitions (
  id VARCHAR(36) NOT NULL,
  name VARCHAR(255) NOT NULL,
  display_name VARCHAR(255) NOT NULL,
  description TEXT NOT NULL,
  parameters_schema JSON NOT NULL,
  mock_response JSON,
  endpoint_url VARCHAR(500),
  http_method VARCHAR(10) NOT NULL DEFAULT 'POST',
  headers JSON,
  auth_config JSON,
  is_active BOOLEAN NOT NULL DEFAULT TRUE,
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  CONSTRAINT uq_function_definitions_name UNIQUE (name),
  CONSTRAINT ck_function_definitions_http_method CHECK (http_method IN ('GET', 'POST', 'PUT', 'DELETE', 'PATCH'))
);
CREATE INDEX idx_function_definitions_is_active ON function_definitions (is_active);
CREATE INDEX idx_function_definitions_created_at ON function_definitions (created_at);

CREATE TABLE execution_runs (
  id VARCHAR(36) NOT NULL,
  name VARCHAR(255) NOT NULL,
  description TEXT,
  base_prompt TEXT,
  context_prompt TEXT,
  enable_function_calling BOOLEAN NOT NULL DEFAULT FALSE,
  status VARCHAR(20) NOT NULL DEFAULT 'pending',
  error_message TEXT,
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  CONSTRAINT ck_execution_runs_status CHECK (status IN ('pending', 'running', 'completed', 'failed'))
);
CREATE INDEX idx_execution_runs_created_at ON execution_runs (created_at);
CREATE INDEX idx_execution_runs_name ON execution_runs (name);

CREATE TABLE api_configurations (
  id VARCHAR(36) NOT NULL,
  execution_run_id VARCHAR(36) NOT NULL,
  variation_name VARCHAR(255) NOT NULL,
  model_name VARCHAR(255) NOT NULL,
  system_prompt TEXT,
  temperature DECIMAL(3, 2),
  max_tokens INTEGER,
  top_p DECIMAL(3, 2),
  top_k INTEGER,
  safety_settings JSON,
  generation_config JSON,
  tools JSON,
  tool_config JSON,
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  CONSTRAINT fk_api_configurations_execution_run_id FOREIGN KEY (execution_run_id) REFERENCES execution_runs (id) ON DELETE CASCADE
);
CREATE INDEX idx_api_configurations_execution_run_id ON api_configurations (execution_run_id);
CREATE INDEX idx_api_configurations_variation_name ON api_configurations (variation_name);
CREATE INDEX idx_api_configurations_model_name ON api_configurations (model_name);

CREATE TABLE api_requests (
  id VARCHAR(36) NOT NULL,
  execution_run_id VARCHAR(36) NOT NULL,
  configuration_id VARCHAR(36) NOT NULL,
  request_type VARCHAR(20) NOT NULL,
  prompt TEXT NOT NULL,
  context TEXT,
  function_name VARCHAR(255),
  function_parameters JSON,
  request_headers JSON,
  request_body JSON,
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  CONSTRAINT fk_api_requests_execution_run_id FOREIGN KEY (execution_run_id) REFERENCES execution_runs (id) ON DELETE CASCADE,
  CONSTRAINT fk_api_requests_configuration_id FOREIGN KEY (configuration_id) REFERENCES api_configurations (id) ON DELETE CASCADE,
  CONSTRAINT ck_api_requests_request_type CHECK (request_type IN ('generate', 'chat', 'function_call'))
);
CREATE INDEX idx_api_requests_execution_run_id ON api_requests (execution_run_id);
CREATE INDEX idx_api_requests_configuration_id ON api_requests (configuration_id);
CREATE INDEX idx_api_requests_request_type ON api_requests (request_type);
CREATE INDEX idx_api_requests_function_name ON api_requests (function_name);
CREATE INDEX idx_api_requests_created_at ON api_requests (created_at);

CREATE TABLE api_responses (
  id VARCHAR(36) NOT NULL,
  request_id VARCHAR(36) NOT NULL,
  response_status VARCHAR(20) NOT NULL,
  response_text TEXT,
  function_call_response JSON,
  usage_metadata JSON,
  safety_ratings JSON,
  finish_reason VARCHAR(100),
  error_message TEXT,
  response_time_ms INTEGER,
  response_headers JSON,
  response_body JSON,
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  CONSTRAINT fk_api_responses_request_id FOREIGN KEY (request_id) REFERENCES api_requests (id) ON DELETE CASCADE,
  CONSTRAINT ck_api_responses_response_status CHECK (response_status IN ('success', 'error', 'timeout'))
);
CREATE INDEX idx_api_responses_request_id ON api_responses (request_id);
CREATE INDEX idx_api_responses_response_status ON api_responses (response_status);
CREATE INDEX idx_api_responses_response_time_ms ON api_responses (response_time_ms);
CREATE INDEX idx_api_responses_created_at ON api_responses (created_at);

CREATE TABLE function_calls (
  id VARCHAR(36) NOT NULL,
  request_id VARCHAR(36) NOT NULL,
  function_name VARCHAR(255) NOT NULL,
  function_arguments JSON,
  function_response JSON,
  execution_status VARCHAR(20) NOT NULL,
  execution_time_ms INTEGER,
  error_details TEXT,
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  CONSTRAINT fk_function_calls_request_id FOREIGN KEY (request_id) REFERENCES api_requests (id) ON DELETE CASCADE,
  CONSTRAINT ck_function_calls_execution_status CHECK (execution_status IN ('pending', 'success', 'error'))
);
CREATE INDEX idx_function_calls_request_id ON function_calls (request_id);
CREATE INDEX idx_function_calls_function_name ON function_calls (function_name);
CREATE INDEX idx_function_calls_execution_status ON function_calls (execution_status);
CREATE INDEX idx_function_calls_created_at ON function_calls (created_at);

CREATE TABLE execution_function_configs (
  id VARCHAR(36) NOT NULL,
  execution_run_id VARCHAR(36) NOT NULL,
  function_definition_id VARCHAR(36) NOT NULL,
  use_mock_response BOOLEAN NOT NULL DEFAULT TRUE,
  execution_order INTEGER NOT NULL DEFAULT 0,
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  CONSTRAINT uq_execution_function_configs_run_function UNIQUE (execution_run_id, function_definition_id),
  CONSTRAINT fk_execution_function_configs_execution_run_id FOREIGN KEY (execution_run_id) REFERENCES execution_runs (id) ON DELETE CASCADE,
  CONSTRAINT fk_execution_function_configs_function_definition_id FOREIGN KEY (function_definition_id) REFERENCES function_definitions (id) ON DELETE CASCADE
);
CREATE INDEX idx_execution_function_configs_execution_run_id ON execution_function_configs (execution_run_id);
CREATE INDEX idx_execution_function_configs_function_definition_id ON execution_function_configs (function_definition_id);

CREATE TABLE execution_logs (
  id VARCHAR(36) NOT NULL,
  execution_run_id VARCHAR(36) NOT NULL,
  configuration_id VARCHAR(36),
  request_id VARCHAR(36),
  log_level VARCHAR(10) NOT NULL DEFAULT 'INFO',
  log_category VARCHAR(20) NOT NULL DEFAULT 'EXECUTION',
  message TEXT NOT NULL,
  details JSON,
  timestamp TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  CONSTRAINT fk_execution_logs_execution_run_id FOREIGN KEY (execution_run_id) REFERENCES execution_runs (id) ON DELETE CASCADE,
  CONSTRAINT ck_execution_logs_log_level CHECK (log_level IN ('INFO', 'DEBUG', 'WARN', 'ERROR', 'SUCCESS')),
  CONSTRAINT ck_execution_logs_log_category CHECK (log_category IN ('SETUP', 'EXECUTION', 'FUNCTION_CALL', 'API_CALL', 'COMPLETION', 'ERROR'))
);
CREATE INDEX idx_execution_logs_execution_run_id ON execution_logs (execution_run_id);
CREATE INDEX idx_execution_logs_configuration_id ON execution_logs (configuration_id);
CREATE INDEX idx_execution_logs_request_id ON execution_logs (request_id);
CREATE INDEX idx_execution_logs_log_level ON execution_logs (log_level);
CREATE INDEX idx_execution_logs_log_category ON execution_logs (log_category);
CREATE INDEX idx_execution_logs_timestamp ON execution_logs (timestamp);

CREATE TABLE comparison_results (
  id VARCHAR(36) NOT NULL,
  execution_run_id VARCHAR(36) NOT NULL,
  comparison_type VARCHAR(20) NOT NULL,
  metric_name VARCHAR(255) NOT NULL,
  configuration_scores JSON,
  best_configuration_id VARCHAR(36),
  best_configuration_data JSON,
  all_configurations_data JSON,
  analysis_notes TEXT,
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  CONSTRAINT fk_comparison_results_execution_run_id FOREIGN KEY (execution_run_id) REFERENCES execution_runs (id) ON DELETE CASCADE,
  CONSTRAINT fk_comparison_results_best_configuration_id FOREIGN KEY (best_configuration_id) REFERENCES api_configurations (id) ON DELETE SET NULL,
  CONSTRAINT ck_comparison_results_comparison_type CHECK (comparison_type IN ('quality', 'performance', 'safety', 'custom'))
);
CREATE INDEX idx_comparison_results_execution_run_id ON comparison_results (execution_run_id);
CREATE INDEX idx_comparison_results_comparison_type ON comparison_results (comparison_type);
CREATE INDEX idx_comparison_results_metric_name ON comparison_results (metric_name);
CREATE INDEX idx_comparison_results_best_configuration_id ON comparison_results (best_configuration_id);

-- migrate:down
DROP TABLE comparison_results;
DROP TABLE execution_logs;
DROP TABLE execution_function_configs;
DROP TABLE function_calls;
DROP TABLE api_responses;
DROP TABLE api_requests;
DROP TABLE api_configurations;
DROP TABLE execution_runs;
DROP TABLE function_definitions;
