import type { Rule } from './rule.ts'

/** Why a container could not be created or started, or was killed. */
export const containerRules = [
  { kind: 'out of memory', all: [/outofmemory|killed due to memory usage/] },
  { kind: 'device missing', all: [/error gathering device information/] },
  {
    kind: 'command missing',
    all: [/executable file not found|(?:oci runtime|runtime task).*no such file or direct/],
  },
  { kind: 'port taken', all: [/port is already allocated|address already in use/] },
  { kind: 'start too slow', all: [/could not transition to|timeouterror/] },
  { kind: 'volume unusable', all: [/cannotcreatevolume|volumedriver|unable to resolve volume/] },
  {
    kind: 'dependency unfulfilled',
    all: [/dependency graph: |dependencies cannot be resolved/],
  },
  { kind: 'container not created', all: [/cannotcreatecontainer/] },
  { kind: 'container not started', all: [/cannotstartcontainer/] },
  { kind: 'container runtime failed', all: [/containerruntimeerror|cannotinspectcontainer/] },
] as const satisfies readonly Rule[]

export type ContainerKind = (typeof containerRules)[number]['kind']
