import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { execa } from 'execa'
import { realClock } from '../clock/index.ts'
import { fastTimings } from '../ecs/index.ts'
import { scriptedRuntime } from '../runtime/scripted.ts'
import { startSimulator } from '../start.ts'
import { awsCliPackages } from './aws-cli.ts'

test("every answer matches botocore's model of AWS: no field is unknown, missing or of another type", async () => {
  const clock = realClock()
  const behaviour = { pullMs: 50, startMs: 50, stopMs: 50, logs: ['at work'] }
  const runtime = scriptedRuntime({ clock, behave: () => behaviour })
  const timings = { ...fastTimings, settle: 100, stage: 20 }
  const simulator = await startSimulator({ clock, runtime, timings })
  try {
    const script = path.join(import.meta.dirname, 'validate_answers.py')
    const { stdout } = await execa('python3', [script, simulator.url], {
      env: {
        PYTHONPATH: await awsCliPackages(),
        PYTHONDONTWRITEBYTECODE: '1',
        AWS_ACCESS_KEY_ID: 'AKIATEST',
        AWS_SECRET_ACCESS_KEY: 'secret',
      },
      stdin: 'ignore',
      timeout: 60_000,
    })

    const findings = JSON.parse(stdout) as Record<string, string[]>
    assert.equal(Object.keys(findings).length, 59, 'operations were called')
    const wrong = Object.entries(findings).filter(([, found]) => found.length > 0)
    assert.deepEqual(Object.fromEntries(wrong), {})
  } finally {
    await simulator.close()
  }
})
