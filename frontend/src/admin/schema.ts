/** Reading a JSON Schema as a form: which widget a place gets, what it is called, and what it starts as. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Obj = { [key: string]: Json };

export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string;
  const?: Json;
  enum?: Json[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  discriminator?: { propertyName: string; mapping: Record<string, string> };
  properties?: Record<string, Schema>;
  patternProperties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  required?: string[];
  items?: Schema;
  default?: Json;
  title?: string;
  description?: string;
  minimum?: number;
  maximum?: number;
  pattern?: string;
}

export type Widget =
  | { is: "text" | "local" | "number" | "boolean" | "object" | "words" }
  | { is: "fixed"; value: Json }
  | { is: "choice"; values: Json[] }
  | { is: "list"; item: Schema }
  | { is: "map"; value: Schema }
  | { is: "kinds"; key: string; kinds: Record<string, Schema> }
  | { is: "either"; ways: Schema[] };

/** Return `schema` with its reference followed; what stands beside the reference (a description) wins. */
export function resolve(root: Schema, schema: Schema): Schema {
  if (!schema.$ref) return schema;
  const { $ref, ...beside } = schema;
  const found = root.$defs?.[$ref.replace("#/$defs/", "")] ?? {};
  return { ...resolve(root, found), ...beside };
}

/** Return the schema without its null alternative, and whether it had one. */
export function withoutNull(root: Schema, schema: Schema): { schema: Schema; optional: boolean } {
  const full = resolve(root, schema);
  if (!full.anyOf?.some((way) => way.type === "null")) return { schema: full, optional: false };
  const ways = full.anyOf.filter((way) => way.type !== "null");
  const { anyOf: _ways, ...beside } = full;
  const only = ways.length === 1 ? { ...resolve(root, ways[0]!), ...beside } : { ...beside, anyOf: ways };
  return { schema: only, optional: true };
}

/** Return how a place is edited. */
export function widget(root: Schema, raw: Schema): Widget {
  const { schema } = withoutNull(root, raw);
  if (schema.const !== undefined) return { is: "fixed", value: schema.const };
  if (schema.enum) return { is: "choice", values: schema.enum };
  if (schema.oneOf && schema.discriminator) {
    const kinds: Record<string, Schema> = {};
    for (const [kind, $ref] of Object.entries(schema.discriminator.mapping)) kinds[kind] = resolve(root, { $ref });
    return { is: "kinds", key: schema.discriminator.propertyName, kinds };
  }
  if (schema.anyOf) {
    const ways = schema.anyOf.map((way) => resolve(root, way));
    const scalars = ways.every((way) => way.type === "number" || (way.type === "string" && !way.const));
    if (scalars && ways.some((way) => way.type === "number")) return { is: "number" };
    if (ways.length === 2 && ways[0]!.type === "string" && ways[1]!.patternProperties) return { is: "local" };
    return { is: "either", ways };
  }
  if (schema.type === "array") {
    const item = withoutNull(root, schema.items ?? {}).schema;
    return item.type === "string" && !item.enum ? { is: "words" } : { is: "list", item: schema.items ?? {} };
  }
  if (schema.type === "object") {
    const values = Object.values(schema.patternProperties ?? {})[0];
    if (values) return { is: "map", value: values };
    if (typeof schema.additionalProperties === "object" && !schema.properties) {
      return { is: "map", value: schema.additionalProperties };
    }
    return { is: "object" };
  }
  if (schema.type === "integer" || schema.type === "number") return { is: "number" };
  if (schema.type === "boolean") return { is: "boolean" };
  return { is: "text" };
}

/** Return what a new value of `schema` starts as: only what is needed, so that nothing is fixed unasked. */
export function fresh(root: Schema, raw: Schema): Json {
  const { schema } = withoutNull(root, raw);
  const kind = widget(root, schema);
  switch (kind.is) {
    case "fixed":
      return kind.value;
    case "choice":
      return kind.values[0] ?? "";
    case "kinds": {
      const [first] = Object.values(kind.kinds);
      return first ? fresh(root, first) : {};
    }
    case "either":
      return kind.ways[0] ? fresh(root, kind.ways[0]) : "";
    case "list":
    case "words":
      return [];
    case "map":
      return {};
    case "number":
      return schema.minimum ?? 0;
    case "boolean":
      return false;
    case "object": {
      const made: Obj = {};
      for (const [name, inner] of Object.entries(schema.properties ?? {})) {
        const fixed = resolve(root, inner);
        if (fixed.const !== undefined) made[name] = fixed.const;
        else if (schema.required?.includes(name)) made[name] = fresh(root, inner);
      }
      return made;
    }
    default:
      return "";
  }
}

/** Return a short line that tells one item of a list from the next. */
export function nameOf(value: Json, languages: string[]): string {
  if (typeof value === "string") return value;
  if (value === null || typeof value !== "object" || Array.isArray(value)) return "";
  const parts: string[] = [];
  for (const key of ["id", "key", "item", "kind"]) {
    const word = value[key];
    if (typeof word === "string" && word && !parts.includes(word)) parts.push(word);
  }
  for (const key of ["title", "label", "text"]) {
    const text = value[key];
    const local = text && typeof text === "object" && !Array.isArray(text) ? text : {};
    const said = typeof text === "string" ? text : (local[languages[0] ?? "en"] ?? Object.values(local)[0]);
    if (typeof said === "string" && said) {
      parts.push(said.length > 60 ? `${said.slice(0, 60)}…` : said);
      break;
    }
  }
  return parts.join(" · ");
}
