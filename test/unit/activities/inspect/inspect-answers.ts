import { inspectEnvironment } from '../../../../activities/inspect/inspect.ts'
import type { EnvironmentSpec } from '../../../../contract/environment-spec.ts'
import { fakeAws, type Answers } from '../fake-aws.ts'
import { inActivity } from '../in-activity.ts'
import { targetWith } from '../../environment-specs.ts'

/** Inspects an environment of which AWS answers this. */
export const inspect = (answers: Answers, target: EnvironmentSpec = targetWith()) =>
  inActivity(() => inspectEnvironment(fakeAws(answers).clients, { target }))
