import { denied, unreachable, type Rule } from './rule.ts'

const token = /ecr registry auth|registry auth from amazon ecr|getauthorizationtoken/
const secretsManager = /from asm|secrets manager|getsecretvalue|secret <arn>/
const parameterStore = /from ssm|ssm:|parameter store|systems manager|invalid (?:ssm )?parameters/

/** What ECS fetches before it pulls: the registry's token, secrets and parameters. */
export const secretRules = [
  { kind: 'registry credentials unreachable', all: [/registry auth from asm/, unreachable] },
  { kind: 'registry credentials unavailable', all: [/registry auth from asm/] },
  { kind: 'registry token denied', all: [token, denied] },
  { kind: 'registry token unreachable', all: [token, unreachable] },
  { kind: 'registry token unavailable', all: [token] },
  { kind: 'secret key missing', all: [/did not contain json key/] },
  {
    kind: 'secret not JSON',
    all: [secretsManager, /looking for beginning of|unexpected end of json|cannot unmarshal/],
  },
  { kind: 'secret reference invalid', all: [/getsecretvalueinput|invalid arn format/] },
  { kind: 'secret without value', all: [/find the specified secret value for/] },
  { kind: 'decryption denied', all: [/access to kms is not allowed|kms:decrypt/] },
  { kind: 'secret denied', all: [secretsManager, denied] },
  {
    kind: 'secret missing',
    all: [secretsManager, /resourcenotfound|find the specified secret|can't retrieve the secret/],
  },
  { kind: 'secret unreachable', all: [secretsManager, unreachable] },
  { kind: 'parameter missing', all: [/invalid (?:ssm )?parameters:/] },
  { kind: 'parameter denied', all: [parameterStore, denied] },
  { kind: 'parameter unreachable', all: [parameterStore, unreachable] },
  { kind: 'secret unavailable', all: [/unable to retrieve secret from asm/] },
  { kind: 'parameter unavailable', all: [/unable to retrieve secrets from ssm/] },
  { kind: 'secrets or token unavailable', all: [/unable to pull secrets or registry auth/] },
] as const satisfies readonly Rule[]

export type SecretKind = (typeof secretRules)[number]['kind']
