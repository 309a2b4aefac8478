import { inspectEnvironment } from '../../../activities/inspect.ts'
import type { Target } from '../../../config/target.ts'
import { fakeAws, type Answers } from './fake-aws.ts'
import { inActivity } from './in-activity.ts'
import { targetWith } from './targets.ts'

/** Inspects an environment of which AWS answers this. */
export const inspect = (answers: Answers, target: Target = targetWith()) =>
  inActivity(() => inspectEnvironment(fakeAws(answers).clients, { target }))
