import type { ReleaseKind } from '../../../../contract/release-reference.ts'
import { inspectEnvironment } from '../../../../activities/inspect/inspect.ts'
import type { EnvironmentSpec } from '../../../../contract/environment-spec.ts'
import { fakeAws, type Answers } from '../fake-aws.ts'
import { inActivity } from '../in-activity.ts'
import { specWith } from '../../environment-specs.ts'

/** Inspects an environment with these responses from AWS. */
export const inspect = (
  answers: Answers,
  spec: EnvironmentSpec = specWith(),
  kind: ReleaseKind = 'deploy',
) => inActivity(() => inspectEnvironment(fakeAws(answers).clients, { spec, kind }))
