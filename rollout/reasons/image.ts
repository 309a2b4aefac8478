import { denied, unreachable, type Rule } from './rule.ts'

const pull =
  /cannotpull|can't pull the image|cannot pull|pull image manifest|inspect image|ref pull/

/** Why an image cannot be pulled. */
export const imageRules = [
  {
    kind: 'pull rate limited',
    all: [
      /(?<![\w-])toomanyrequests|too many requests|pull rate limit|throttlingexception: rate exceeded/,
    ],
  },
  { kind: 'disk full', all: [/no space left on device|thin pool has/] },
  {
    kind: 'image of another platform',
    all: [/descriptor (?:matching|for) platform|no match(?:ing manifest)? for|exec format error/],
  },
  { kind: 'image unreadable', all: [pull, /diffids don't match|no processor for media-type/] },
  { kind: 'registry unreachable', all: [pull, unreachable] },
  { kind: 'registry unreachable', all: [/request canceled while waiting for connection/] },
  {
    kind: 'image layers unreachable',
    all: [/nil pointer dereference|error pulling image conf/],
  },
  {
    kind: 'registry login refused',
    all: [/no basic auth|anonymous token|incorrect username|failed to authorize/],
  },
  { kind: 'pull denied', all: [pull, denied] },
  { kind: 'pull denied', all: [pull, /role has the permissions/] },
  {
    kind: 'image missing or private',
    all: [/pull access denied|insufficient_scope|requested access to the resource is denied/],
  },
  {
    kind: 'image missing',
    all: [pull, /not found|manifest unknown|does not exist|name unknown|whether the image exists/],
  },
  { kind: 'pull failed', all: [pull] },
] as const satisfies readonly Rule[]

export type ImageKind = (typeof imageRules)[number]['kind']
