import { manualClock, type ManualClock } from '../../simulator/clock/index.ts'

/** Clocks that begin in the past, where a history is played quickly, and then keep time. */
export interface PlayedClocks {
  /** One that is so many milliseconds behind the machine's. */
  make(behindMs: number): ManualClock
  /** Once this is fulfilled all of them tell the machine's time, and go on to. */
  keepTime(): Promise<void>
}

/** How often clocks that keep time are moved on: what happens is seen up to so much later. */
const stepMs = 10

export function playedClocks(): PlayedClocks {
  const clocks: ManualClock[] = []

  async function moveOn(): Promise<void> {
    for (const clock of clocks) {
      const behind = Date.now() - clock.now()
      if (behind > 0) await clock.advance(behind)
    }
  }

  async function goOn(): Promise<void> {
    await moveOn()
    setTimeout(() => void goOn(), stepMs)
  }

  return {
    make(behindMs) {
      const clock = manualClock(Date.now() - behindMs)
      clocks.push(clock)
      return clock
    },
    async keepTime() {
      // What there is to catch up with takes a while itself.
      for (let round = 0; round < 3; round += 1) await moveOn()
      await goOn()
    },
  }
}
