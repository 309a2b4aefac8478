import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { containerRules } from '../rollout/reasons/container.ts'
import { healthRules } from '../rollout/reasons/health.ts'
import { imageRules } from '../rollout/reasons/image.ts'
import { placementRules } from '../rollout/reasons/placement.ts'
import type { ReasonKind } from '../rollout/reasons/read-reason.ts'
import { readReason } from '../rollout/reasons/read-reason.ts'
import { secretRules } from '../rollout/reasons/secrets.ts'
import { setupRules } from '../rollout/reasons/setup.ts'
import { reasonText } from '../text/cause/reason.ts'

interface StopReason {
  readonly said: string
  readonly field: string
  readonly kind: string
  readonly source: string
}

const families: readonly (readonly [title: string, rules: readonly { kind: ReasonKind }[]])[] = [
  ['Registry token, secrets and parameters', secretRules],
  ['Roles, files, logs, volumes and network interfaces', setupRules],
  ['Images', imageRules],
  ['Containers', containerRules],
  ['Capacity and placement', placementRules],
  ['Health and interruptions', healthRules],
]

/** `docs/reference/causes.md`: what Slipway says for each kind of reason, with a real text of each. */
export function causeReference(): string {
  const path = join(import.meta.dirname, '..', 'test', 'fixtures', 'stop-reasons.json')
  const texts = JSON.parse(readFileSync(path, 'utf8')) as readonly StopReason[]
  return [
    '# Causes of a failed rollout',
    '',
    'When a task does not start, a container is killed, a target is unhealthy or ECS finds no place for a task, AWS says why in a text. Slipway recognises the kinds below, says what is wrong and what to do, and then quotes AWS. A text of any other kind is quoted as it is.',
    '',
    'Names, accounts and ARNs are examples. Slipway reads the names of secrets, never their values. This page is made from the code and from the texts that its tests use.',
    ...families.flatMap(([title, rules]) => [
      '',
      `## ${title}`,
      ...[...new Set(rules.map(({ kind }) => kind))].flatMap((kind) => entry(kind, texts)),
    ]),
    '',
  ].join('\n')
}

function entry(kind: ReasonKind, texts: readonly StopReason[]): readonly string[] {
  const ofKind = texts.filter((text) => text.kind === kind)
  const [first] = ofKind
  const told = reasonText(
    first === undefined ? { kind, parts: {}, said: '…' } : readReason(first.said),
  )
  const sources = [...new Set(ofKind.map(({ source }) => `<${source}>`))]
  const fields = [...new Set(ofKind.map(({ field }) => `\`${field}\``))]
  return [
    '',
    `### ${kind.charAt(0).toUpperCase()}${kind.slice(1)}`,
    '',
    '```text',
    told ?? '',
    '```',
    ...(ofKind.length === 0 ? [] : ['', `Seen in ${fields.join(', ')}: ${sources.join(', ')}`]),
  ]
}
