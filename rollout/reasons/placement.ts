import type { Rule } from './rule.ts'

/** Why ECS places or starts no task, mostly from events of the service. */
export const placementRules = [
  { kind: 'no container instances', all: [/no container instances were found/] },
  {
    kind: 'agent disconnected',
    all: [/encountered error|ecs agent to start|(?:^|reason: )agent\.?$/],
  },
  { kind: 'host port taken', all: [/already using a port required/] },
  { kind: 'too few resources', all: [/insufficient (?:cpu|memory)|resource:(?!fargate)\w/] },
  {
    kind: 'quota reached',
    all: [/reached the limit on the number|above your limit|provisioning capacity limit/],
  },
  { kind: 'capacity unavailable', all: [/capacity is unavailable at this time|resource:fargate/] },
  { kind: 'percentages too tight', all: [/unable to stop or start tasks/] },
  { kind: 'tasks protected', all: [/number of protected tasks/] },
  { kind: 'service throttled', all: [/operations are being throttled/] },
  { kind: 'zone unsupported', all: [/unable to place a task\. reason: internal error/] },
  {
    kind: 'compute incompatible',
    all: [/not compatible with the selected compute strategy/],
  },
  { kind: 'task not placed', all: [/unable to place a? ?tasks?|could not launch/] },
  {
    kind: 'tasks keep failing',
    all: [/unable to consistently start tasks|failed to launch a task|tasks? failed to start/],
  },
] as const satisfies readonly Rule[]

export type PlacementKind = (typeof placementRules)[number]['kind']
