-- Description: The schema when the migrations began (pg_dump --schema-only)

CREATE TABLE public.users (
    id bigint NOT NULL,
    email text NOT NULL
);
ALTER TABLE ONLY public.users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
