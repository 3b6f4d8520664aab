#!/usr/bin/env node
import { exampleApp } from '../lib/cdk/example-app.ts';

exampleApp();
