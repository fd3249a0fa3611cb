// What the server answers; see trial.py and picture.py.

export interface Span {
  file: string;
  line: number;
  column: number;
  end_line: number;
  end_column: number;
}

export interface Failure {
  code: string;
  message: string;
  help: string | null;
  path: string | null;
  span: Span | null;
  others?: Failure[];
}

export interface Warning {
  code: string;
  message: string;
  span: Span | null;
}

export interface Finding {
  code: string;
  name: string;
  severity: "error" | "warning" | "info";
  message: string;
  help?: string;
  notes?: string[];
  span: Span;
  fix?: { span: Span; replacement: string; message: string; safe: boolean };
}

export interface Entry {
  kind: string;
  label: string;
  outcome: string;
  value: string | null;
  reason: string | null;
  span: Span;
  sources: Span[];
  again: boolean;
  children: Entry[];
}

export interface Field {
  path: string;
  sent: boolean;
  value: string | null;
  reason: string | null;
  span: Span;
  sources: Span[];
  entries: Entry[];
}

export interface Payload {
  name: string;
  variables: Record<string, string>;
  fields: Field[];
}

export interface Applied {
  error: Failure | null;
  nothing: string | null;
  warnings: Warning[];
  of_settings: Warning[];
  choices: Field[];
  payloads: Payload[];
  requests: { name: string; method: string; url: string; curl: string }[];
}

export interface RuleFile {
  name: string;
  own: boolean;
  text: string;
}

export interface Started {
  pack: string;
  own: boolean;
  files: RuleFile[];
  samples: string[];
}

export interface Sampled {
  event: string;
  settings: string;
  now: string;
}

export interface Compared {
  events: number;
  differing: number;
  rows: { what: string; events: number; examples: string[] }[];
}

export interface RuleTest {
  yaml: string;
  file: string | null;
  saved: boolean;
}
