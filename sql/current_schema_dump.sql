-- aurora-migrations: the schema of a database, format 1

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET check_function_bodies = false;
SET intervalstyle = postgres;
SET xmloption = content;
SELECT pg_catalog.set_config('search_path', '', false);

-- table: public.api_configurations
CREATE TABLE public.api_configurations (
  id character varying(36) NOT NULL,
  execution_run_id character varying(36) NOT NULL,
  variation_name character varying(255) NOT NULL,
  model_name character varying(255) NOT NULL,
  system_prompt text,
  temperature numeric(3,2),
  max_tokens integer,
  top_p numeric(3,2),
  top_k integer,
  safety_settings json,
  generation_config json,
  tools json,
  tool_config json,
  created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

-- table: public.api_requests
CREATE TABLE public.api_requests (
  id character varying(36) NOT NULL,
  execution_run_id character varying(36) NOT NULL,
  configuration_id character varying(36) NOT NULL,
  request_type character varying(20) NOT NULL,
  prompt text NOT NULL,
  context text,
  function_name character varying(255),
  function_parameters json,
  request_headers json,
  request_body json,
  created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

-- table: public.api_responses
CREATE TABLE public.api_responses (
  id character varying(36) NOT NULL,
  request_id character varying(36) NOT NULL,
  response_status character varying(20) NOT NULL,
  response_text text,
  function_call_response json,
  usage_metadata json,
  safety_ratings json,
  finish_reason character varying(100),
  error_message text,
  response_time_ms integer,
  response_headers json,
  response_body json,
  created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

-- table: public.comparison_results
CREATE TABLE public.comparison_results (
  id character varying(36) NOT NULL,
  execution_run_id character varying(36) NOT NULL,
  comparison_type character varying(20) NOT NULL,
  metric_name character varying(255) NOT NULL,
  configuration_scores json,
  best_configuration_id character varying(36),
  best_configuration_data json,
  all_configurations_data json,
  analysis_notes text,
  created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

-- table: public.execution_function_configs
CREATE TABLE public.execution_function_configs (
  id character varying(36) NOT NULL,
  execution_run_id character varying(36) NOT NULL,
  function_definition_id character varying(36) NOT NULL,
  use_mock_response boolean DEFAULT true NOT NULL,
  execution_order integer DEFAULT 0 NOT NULL,
  created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

-- table: public.execution_logs
CREATE TABLE public.execution_logs (
  id character varying(36) NOT NULL,
  execution_run_id character varying(36) NOT NULL,
  configuration_id character varying(36),
  request_id character varying(36),
  log_level character varying(10) DEFAULT 'INFO'::character varying NOT NULL,
  log_category character varying(20) DEFAULT 'EXECUTION'::character varying NOT NULL,
  message text NOT NULL,
  details json,
  "timestamp" timestamp without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

-- table: public.execution_runs
CREATE TABLE public.execution_runs (
  id character varying(36) NOT NULL,
  name character varying(255) NOT NULL,
  description text,
  base_prompt text,
  context_prompt text,
  enable_function_calling boolean DEFAULT false NOT NULL,
  status character varying(20) DEFAULT 'pending'::character varying NOT NULL,
  error_message text,
  created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
  updated_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

-- table: public.function_calls
CREATE TABLE public.function_calls (
  id character varying(36) NOT NULL,
  request_id character varying(36) NOT NULL,
  function_name character varying(255) NOT NULL,
  function_arguments json,
  function_response json,
  execution_status character varying(20) NOT NULL,
  execution_time_ms integer,
  error_details text,
  created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

-- table: public.function_definitions
CREATE TABLE public.function_definitions (
  id character varying(36) NOT NULL,
  name character varying(255) NOT NULL,
  display_name character varying(255) NOT NULL,
  description text NOT NULL,
  parameters_schema json NOT NULL,
  mock_response json,
  endpoint_url character varying(500),
  http_method character varying(10) DEFAULT 'POST'::character varying NOT NULL,
  headers json,
  auth_config json,
  is_active boolean DEFAULT true NOT NULL,
  created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
  updated_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

-- table: public.user_preferences
CREATE TABLE public.user_preferences (
  id character varying(36) NOT NULL,
  user_id character varying(36) NOT NULL,
  preference_key character varying(255) NOT NULL,
  preference_value json,
  created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

-- table: public.users
CREATE TABLE public.users (
  id character varying(36) NOT NULL,
  email character varying(255) NOT NULL,
  name character varying(255) NOT NULL,
  created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
  updated_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

-- constraint: public.api_configurations.api_configurations_pkey
ALTER TABLE ONLY public.api_configurations ADD CONSTRAINT api_configurations_pkey PRIMARY KEY (id);

-- constraint: public.api_requests.api_requests_pkey
ALTER TABLE ONLY public.api_requests ADD CONSTRAINT api_requests_pkey PRIMARY KEY (id);

-- constraint: public.api_requests.ck_api_requests_request_type
ALTER TABLE public.api_requests ADD CONSTRAINT ck_api_requests_request_type CHECK (((request_type)::text = ANY ((ARRAY['generate'::character varying, 'chat'::character varying, 'function_call'::character varying])::text[])));

-- constraint: public.api_responses.api_responses_pkey
ALTER TABLE ONLY public.api_responses ADD CONSTRAINT api_responses_pkey PRIMARY KEY (id);

-- constraint: public.api_responses.ck_api_responses_response_status
ALTER TABLE public.api_responses ADD CONSTRAINT ck_api_responses_response_status CHECK (((response_status)::text = ANY ((ARRAY['success'::character varying, 'error'::character varying, 'timeout'::character varying])::text[])));

-- constraint: public.comparison_results.ck_comparison_results_comparison_type
ALTER TABLE public.comparison_results ADD CONSTRAINT ck_comparison_results_comparison_type CHECK (((comparison_type)::text = ANY ((ARRAY['quality'::character varying, 'performance'::character varying, 'safety'::character varying, 'custom'::character varying])::text[])));

-- constraint: public.comparison_results.comparison_results_pkey
ALTER TABLE ONLY public.comparison_results ADD CONSTRAINT comparison_results_pkey PRIMARY KEY (id);

-- constraint: public.execution_function_configs.execution_function_configs_pkey
ALTER TABLE ONLY public.execution_function_configs ADD CONSTRAINT execution_function_configs_pkey PRIMARY KEY (id);

-- constraint: public.execution_function_configs.uq_execution_function_configs_run_function
ALTER TABLE ONLY public.execution_function_configs ADD CONSTRAINT uq_execution_function_configs_run_function UNIQUE (execution_run_id, function_definition_id);

-- constraint: public.execution_logs.ck_execution_logs_log_category
ALTER TABLE public.execution_logs ADD CONSTRAINT ck_execution_logs_log_category CHECK (((log_category)::text = ANY ((ARRAY['SETUP'::character varying, 'EXECUTION'::character varying, 'FUNCTION_CALL'::character varying, 'API_CALL'::character varying, 'COMPLETION'::character varying, 'ERROR'::character varying])::text[])));

-- constraint: public.execution_logs.ck_execution_logs_log_level
ALTER TABLE public.execution_logs ADD CONSTRAINT ck_execution_logs_log_level CHECK (((log_level)::text = ANY ((ARRAY['INFO'::character varying, 'DEBUG'::character varying, 'WARN'::character varying, 'ERROR'::character varying, 'SUCCESS'::character varying])::text[])));

-- constraint: public.execution_logs.execution_logs_pkey
ALTER TABLE ONLY public.execution_logs ADD CONSTRAINT execution_logs_pkey PRIMARY KEY (id);

-- constraint: public.execution_runs.ck_execution_runs_status
ALTER TABLE public.execution_runs ADD CONSTRAINT ck_execution_runs_status CHECK (((status)::text = ANY ((ARRAY['pending'::character varying, 'running'::character varying, 'completed'::character varying, 'failed'::character varying])::text[])));

-- constraint: public.execution_runs.execution_runs_pkey
ALTER TABLE ONLY public.execution_runs ADD CONSTRAINT execution_runs_pkey PRIMARY KEY (id);

-- constraint: public.function_calls.ck_function_calls_execution_status
ALTER TABLE public.function_calls ADD CONSTRAINT ck_function_calls_execution_status CHECK (((execution_status)::text = ANY ((ARRAY['pending'::character varying, 'success'::character varying, 'error'::character varying])::text[])));

-- constraint: public.function_calls.function_calls_pkey
ALTER TABLE ONLY public.function_calls ADD CONSTRAINT function_calls_pkey PRIMARY KEY (id);

-- constraint: public.function_definitions.ck_function_definitions_http_method
ALTER TABLE public.function_definitions ADD CONSTRAINT ck_function_definitions_http_method CHECK (((http_method)::text = ANY ((ARRAY['GET'::character varying, 'POST'::character varying, 'PUT'::character varying, 'DELETE'::character varying, 'PATCH'::character varying])::text[])));

-- constraint: public.function_definitions.function_definitions_pkey
ALTER TABLE ONLY public.function_definitions ADD CONSTRAINT function_definitions_pkey PRIMARY KEY (id);

-- constraint: public.function_definitions.uq_function_definitions_name
ALTER TABLE ONLY public.function_definitions ADD CONSTRAINT uq_function_definitions_name UNIQUE (name);

-- constraint: public.user_preferences.uq_user_preferences_key
ALTER TABLE ONLY public.user_preferences ADD CONSTRAINT uq_user_preferences_key UNIQUE (user_id, preference_key);

-- constraint: public.user_preferences.user_preferences_pkey
ALTER TABLE ONLY public.user_preferences ADD CONSTRAINT user_preferences_pkey PRIMARY KEY (id);

-- constraint: public.users.uq_users_email
ALTER TABLE ONLY public.users ADD CONSTRAINT uq_users_email UNIQUE (email);

-- constraint: public.users.users_pkey
ALTER TABLE ONLY public.users ADD CONSTRAINT users_pkey PRIMARY KEY (id);

-- index: public.idx_api_configurations_execution_run_id
CREATE INDEX idx_api_configurations_execution_run_id ON public.api_configurations USING btree (execution_run_id);

-- index: public.idx_api_configurations_model_name
CREATE INDEX idx_api_configurations_model_name ON public.api_configurations USING btree (model_name);

-- index: public.idx_api_configurations_variation_name
CREATE INDEX idx_api_configurations_variation_name ON public.api_configurations USING btree (variation_name);

-- index: public.idx_api_requests_configuration_id
CREATE INDEX idx_api_requests_configuration_id ON public.api_requests USING btree (configuration_id);

-- index: public.idx_api_requests_created_at
CREATE INDEX idx_api_requests_created_at ON public.api_requests USING btree (created_at);

-- index: public.idx_api_requests_execution_run_id
CREATE INDEX idx_api_requests_execution_run_id ON public.api_requests USING btree (execution_run_id);

-- index: public.idx_api_requests_function_name
CREATE INDEX idx_api_requests_function_name ON public.api_requests USING btree (function_name);

-- index: public.idx_api_requests_request_type
CREATE INDEX idx_api_requests_request_type ON public.api_requests USING btree (request_type);

-- index: public.idx_api_responses_created_at
CREATE INDEX idx_api_responses_created_at ON public.api_responses USING btree (created_at);

-- index: public.idx_api_responses_request_id
CREATE INDEX idx_api_responses_request_id ON public.api_responses USING btree (request_id);

-- index: public.idx_api_responses_response_status
CREATE INDEX idx_api_responses_response_status ON public.api_responses USING btree (response_status);

-- index: public.idx_api_responses_response_time_ms
CREATE INDEX idx_api_responses_response_time_ms ON public.api_responses USING btree (response_time_ms);

-- index: public.idx_comparison_results_best_configuration_id
CREATE INDEX idx_comparison_results_best_configuration_id ON public.comparison_results USING btree (best_configuration_id);

-- index: public.idx_comparison_results_comparison_type
CREATE INDEX idx_comparison_results_comparison_type ON public.comparison_results USING btree (comparison_type);

-- index: public.idx_comparison_results_execution_run_id
CREATE INDEX idx_comparison_results_execution_run_id ON public.comparison_results USING btree (execution_run_id);

-- index: public.idx_comparison_results_metric_name
CREATE INDEX idx_comparison_results_metric_name ON public.comparison_results USING btree (metric_name);

-- index: public.idx_execution_function_configs_execution_run_id
CREATE INDEX idx_execution_function_configs_execution_run_id ON public.execution_function_configs USING btree (execution_run_id);

-- index: public.idx_execution_function_configs_function_definition_id
CREATE INDEX idx_execution_function_configs_function_definition_id ON public.execution_function_configs USING btree (function_definition_id);

-- index: public.idx_execution_logs_configuration_id
CREATE INDEX idx_execution_logs_configuration_id ON public.execution_logs USING btree (configuration_id);

-- index: public.idx_execution_logs_execution_run_id
CREATE INDEX idx_execution_logs_execution_run_id ON public.execution_logs USING btree (execution_run_id);

-- index: public.idx_execution_logs_log_category
CREATE INDEX idx_execution_logs_log_category ON public.execution_logs USING btree (log_category);

-- index: public.idx_execution_logs_log_level
CREATE INDEX idx_execution_logs_log_level ON public.execution_logs USING btree (log_level);

-- index: public.idx_execution_logs_request_id
CREATE INDEX idx_execution_logs_request_id ON public.execution_logs USING btree (request_id);

-- index: public.idx_execution_logs_timestamp
CREATE INDEX idx_execution_logs_timestamp ON public.execution_logs USING btree ("timestamp");

-- index: public.idx_execution_runs_created_at
CREATE INDEX idx_execution_runs_created_at ON public.execution_runs USING btree (created_at);

-- index: public.idx_execution_runs_name
CREATE INDEX idx_execution_runs_name ON public.execution_runs USING btree (name);

-- index: public.idx_function_calls_created_at
CREATE INDEX idx_function_calls_created_at ON public.function_calls USING btree (created_at);

-- index: public.idx_function_calls_execution_status
CREATE INDEX idx_function_calls_execution_status ON public.function_calls USING btree (execution_status);

-- index: public.idx_function_calls_function_name
CREATE INDEX idx_function_calls_function_name ON public.function_calls USING btree (function_name);

-- index: public.idx_function_calls_request_id
CREATE INDEX idx_function_calls_request_id ON public.function_calls USING btree (request_id);

-- index: public.idx_function_definitions_created_at
CREATE INDEX idx_function_definitions_created_at ON public.function_definitions USING btree (created_at);

-- index: public.idx_function_definitions_is_active
CREATE INDEX idx_function_definitions_is_active ON public.function_definitions USING btree (is_active);

-- index: public.idx_user_preferences_user_id
CREATE INDEX idx_user_preferences_user_id ON public.user_preferences USING btree (user_id);

-- index: public.idx_users_created_at
CREATE INDEX idx_users_created_at ON public.users USING btree (created_at);

-- foreign key: public.api_configurations.fk_api_configurations_execution_run_id
ALTER TABLE ONLY public.api_configurations ADD CONSTRAINT fk_api_configurations_execution_run_id FOREIGN KEY (execution_run_id) REFERENCES public.execution_runs(id) ON DELETE CASCADE;

-- foreign key: public.api_requests.fk_api_requests_configuration_id
ALTER TABLE ONLY public.api_requests ADD CONSTRAINT fk_api_requests_configuration_id FOREIGN KEY (configuration_id) REFERENCES public.api_configurations(id) ON DELETE CASCADE;

-- foreign key: public.api_requests.fk_api_requests_execution_run_id
ALTER TABLE ONLY public.api_requests ADD CONSTRAINT fk_api_requests_execution_run_id FOREIGN KEY (execution_run_id) REFERENCES public.execution_runs(id) ON DELETE CASCADE;

-- foreign key: public.api_responses.fk_api_responses_request_id
ALTER TABLE ONLY public.api_responses ADD CONSTRAINT fk_api_responses_request_id FOREIGN KEY (request_id) REFERENCES public.api_requests(id) ON DELETE CASCADE;

-- foreign key: public.comparison_results.fk_comparison_results_best_configuration_id
ALTER TABLE ONLY public.comparison_results ADD CONSTRAINT fk_comparison_results_best_configuration_id FOREIGN KEY (best_configuration_id) REFERENCES public.api_configurations(id) ON DELETE SET NULL;

-- foreign key: public.comparison_results.fk_comparison_results_execution_run_id
ALTER TABLE ONLY public.comparison_results ADD CONSTRAINT fk_comparison_results_execution_run_id FOREIGN KEY (execution_run_id) REFERENCES public.execution_runs(id) ON DELETE CASCADE;

-- foreign key: public.execution_function_configs.fk_execution_function_configs_execution_run_id
ALTER TABLE ONLY public.execution_function_configs ADD CONSTRAINT fk_execution_function_configs_execution_run_id FOREIGN KEY (execution_run_id) REFERENCES public.execution_runs(id) ON DELETE CASCADE;

-- foreign key: public.execution_function_configs.fk_execution_function_configs_function_definition_id
ALTER TABLE ONLY public.execution_function_configs ADD CONSTRAINT fk_execution_function_configs_function_definition_id FOREIGN KEY (function_definition_id) REFERENCES public.function_definitions(id) ON DELETE CASCADE;

-- foreign key: public.execution_logs.fk_execution_logs_execution_run_id
ALTER TABLE ONLY public.execution_logs ADD CONSTRAINT fk_execution_logs_execution_run_id FOREIGN KEY (execution_run_id) REFERENCES public.execution_runs(id) ON DELETE CASCADE;

-- foreign key: public.function_calls.fk_function_calls_request_id
ALTER TABLE ONLY public.function_calls ADD CONSTRAINT fk_function_calls_request_id FOREIGN KEY (request_id) REFERENCES public.api_requests(id) ON DELETE CASCADE;

-- foreign key: public.user_preferences.fk_user_preferences_user_id
ALTER TABLE ONLY public.user_preferences ADD CONSTRAINT fk_user_preferences_user_id FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
