import path from 'node:path'
import { startChild } from '../../local/process/child.ts'
import { freePort } from '../../local/process/free-port.ts'
import { until } from '../../local/process/until.ts'
import { python, pythonPackages } from './pypi.ts'

const version = '5.2.5'

export interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** An AWS emulator by another project that checks signatures and permissions. */
export interface Moto {
  /** For `AWS_ENDPOINT_URL`. */
  readonly url: string
  /** Adds a user who may call only these operations, such as `ecs:DescribeServices` or `ecr:*`. */
  readonly addUser: (name: string, actions: readonly string[]) => Promise<Keys>
  /** Makes it check keys and permissions from now on. */
  readonly lock: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** Starts moto's server as it comes from PyPI. Until it is locked, every call is allowed. */
export async function startMoto(folder: string): Promise<Moto> {
  const packages = await pythonPackages(`moto[server]==${version}`)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = await startChild({
    name: 'moto',
    file: await python(),
    args: ['-m', 'moto.server', '--host', '127.0.0.1', '--port', String(port)],
    logFile: path.join(folder, 'moto.log'),
    cwd: folder,
    env: { PATH: process.env['PATH'], PYTHONPATH: packages, HOME: folder },
  })
  try {
    await until(async () => (await fetch(`${url}/moto-api/`)).ok, {
      what: `moto to answer at ${url}`,
      timeoutMs: 30_000,
      failed: child.failed,
    })
  } catch (error) {
    await child.stop()
    throw error
  }
  return {
    url,
    async addUser(UserName, actions) {
      await iam(url, { Action: 'CreateUser', UserName })
      const Statement = [{ Effect: 'Allow', Action: actions, Resource: '*' }]
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
      await iam(url, { Action: 'PutUserPolicy', UserName, PolicyName: 'own', PolicyDocument })
      const answer = await iam(url, { Action: 'CreateAccessKey', UserName })
      return {
        accessKeyId: textOf(answer, 'AccessKeyId'),
        secretAccessKey: textOf(answer, 'SecretAccessKey'),
      }
    },
    async lock() {
      await fetch(`${url}/moto-api/reset-auth`, { method: 'POST', body: '0' })
    },
    stop: () => child.stop(),
  }
}

/** Calls IAM through its query protocol, for the three operations that the tests need. */
async function iam(url: string, parameters: Readonly<Record<string, string>>): Promise<string> {
  const credential = 'Credential=any/20260101/us-east-1/iam/aws4_request'
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=any`,
    },
    body: new URLSearchParams({ Version: '2010-05-08', ...parameters }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`IAM ${parameters['Action']}: ${text}`)
  return text
}

function textOf(xml: string, element: string): string {
  const [, text] = new RegExp(`<${element}>([^<]+)</${element}>`).exec(xml) ?? []
  if (text === undefined)
    throw new Error(`Expected <${element}> in IAM's response, but got: ${xml}`)
  return text
}
