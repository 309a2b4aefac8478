import { createReleaseActivities } from '../../../activities/index.ts'
import { fastTimings } from '../../../simulator/ecs/index.ts'
import { scriptedRuntime, type Behaviour } from '../../../simulator/runtime/scripted.ts'
import { startSimulator, type Simulator } from '../../../simulator/start.ts'
import { useAsAws } from '../simulated-account.ts'
import { digitOf } from './digit-images.ts'
import { fastClock } from './fast-clock.ts'

/** Behaviour of an image's tasks, by the first digit of its digest. */
const behaviours: Readonly<Record<string, Behaviour>> = {
  c: { exits: { afterMs: 5, code: 3 } },
  d: { startMs: 3_600_000 },
}

/** Starts an account that this process uses as its AWS, a hundred times as fast as real time. */
export async function startFastAccount(timings = fastTimings): Promise<Simulator> {
  const clock = fastClock(100)
  const simulator = await startSimulator({
    clock,
    timings,
    runtime: scriptedRuntime({
      clock,
      behave: (task) => ({ pullMs: 10, startMs: 10, stopMs: 10, ...behaviours[digitOf(task)] }),
    }),
  })
  await useAsAws(simulator)
  return simulator
}

export const activities = createReleaseActivities({ pace: { nearEndMs: 5, farMs: 20 } })
