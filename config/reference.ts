import { type JsonSchema, configJsonSchema } from './json-schema.ts'

const example = `project: mailman
checks:
  commands: [make check]
images:
  api: { repository: mailman, target: api }
  worker: { repository: mailman, target: worker }
services:
  api:
    service: mailman-api
    verifyUrl: https://mailman.example.com/health
  worker:
    service: mailman-worker
    after: [api]
environments:
  staging:
    region: eu-central-1
    cluster: mailman-staging
    services:
      api: { verifyUrl: https://staging.mailman.example.com/health }
  production:
    region: eu-central-1
    cluster: mailman
`

/** The example on the reference page. A test loads it. */
export const exampleConfig = example

/** The reference page of `slipway.yaml` in Markdown, generated from its schema. */
export function configReference(): string {
  const schema = configJsonSchema()
  const sections = [
    section('The top of the file', '', schema),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, one]) => sectionsOf(name, one)),
  ]
  return `<!-- Made by \`node scripts/reference.ts\` from config/schema.ts. Change it there. -->

# slipway.yaml

One file at the top of the repository defines what Slipway builds and where it deploys it.

\`\`\`yaml
# yaml-language-server: $schema=./node_modules/slipway/docs/reference/slipway.schema.json
${example}\`\`\`

The first line gives editors completion and checks, through the
[JSON Schema](slipway.schema.json). \`slipway config check\` checks the file without a server and
reports every problem at once, with line and column.

Durations are a number and a unit: \`ms\`, \`s\`, \`m\`, \`h\` or \`d\`. The file must not contain
secrets: its contents are stored in the histories of Temporal workflows.

${sections.join('\n')}`
}

/** A section with a table of fields for a schema and for each schema nested in it. */
export function sectionsOf(
  path: string,
  schema: JsonSchema,
  presence: Presence = inTheFile,
): readonly string[] {
  const { additionalProperties: values } = schema
  if (typeof values === 'object') {
    const name = `${path}.<name>`
    return values.properties === undefined ? [] : sectionsOf(name, { ...values }, presence)
  }
  if (schema.items !== undefined) return sectionsOf(`${path}[]`, schema.items, presence)
  if (schema.properties === undefined) return []
  const deeper = Object.entries(schema.properties).flatMap(([name, one]) =>
    sectionsOf(`${path}.${name}`, one, presence),
  )
  return [section(`\`${path}\``, schema.description ?? '', schema, presence), ...deeper]
}

/** How a table says that a field is always there: one that people write, or one that they receive. */
export interface Presence {
  readonly column: string
  readonly required: string
}

const inTheFile: Presence = { column: 'default', required: '**required**' }

function section(
  title: string,
  description: string,
  schema: JsonSchema,
  { column, required }: Presence = inTheFile,
): string {
  const rows = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const preset = schema.required?.includes(name) === true ? required : defaultOf(field)
    return `| \`${name}\` | ${cell(typeOf(field))} | ${cell(preset)} | ${cell(field.description ?? '')} |`
  })
  const lead = description === '' ? '' : `${description}\n\n`
  return `## ${title}\n\n${lead}| field | type | ${column} | meaning |\n|---|---|---|---|\n${rows.join('\n')}\n`
}

function typeOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``
  if (schema.enum !== undefined) return schema.enum.map((one) => `\`${one}\``).join(' or ')
  if (schema.examples?.includes('90s') === true) return 'duration'
  if (schema.format === 'date-time') return 'date and time'
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`
  if (typeof schema.additionalProperties === 'object') {
    return `name → ${typeOf(schema.additionalProperties)}`
  }
  const names: Readonly<Record<string, string>> = {
    string: 'text',
    integer: 'number',
    object: 'mapping',
    boolean: '`true` or `false`',
  }
  return names[schema.type ?? ''] ?? 'anything'
}

function defaultOf({ default: value }: JsonSchema): string {
  if (value === undefined) return ''
  if (Array.isArray(value)) {
    return value.length === 0
      ? 'none'
      : value.map((one: unknown) => `\`${String(one)}\``).join(', ')
  }
  return typeof value === 'string' || typeof value === 'boolean' ? `\`${value}\`` : ''
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
