import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../temporary-folder.ts'

/** Variables that decide where the AWS SDK finds credentials. */
const variables = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_PROFILE',
  'AWS_ROLE_ARN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_EC2_METADATA_DISABLED',
  'AWS_EC2_METADATA_SERVICE_ENDPOINT',
  'AWS_ENDPOINT_URL_STS',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
]

/** Makes these the only variables from which the AWS SDK of this process learns of credentials. */
export function useCredentialSource(source: Readonly<Record<string, string>>): void {
  for (const name of variables) delete process.env[name]
  const none = join(temporaryFolder(), 'none')
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_CONFIG_FILE: none,
    AWS_SHARED_CREDENTIALS_FILE: none,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...source,
  })
}

/** The variables of a configuration file with this content, whose profile `release` is used. */
export function configFile(content: string): Readonly<Record<string, string>> {
  const path = join(temporaryFolder(), 'config')
  writeFileSync(path, content)
  return { AWS_CONFIG_FILE: path, AWS_PROFILE: 'release' }
}

export interface LoopbackServer {
  readonly url: string
  close(): Promise<void>
}

/** A server on this machine. */
export async function serve(listener: RequestListener): Promise<LoopbackServer> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Answers every request with this status and body. */
export const answering =
  (status: number, body: string): RequestListener =>
  (_request, response) => {
    response.writeHead(status).end(body)
  }

/** Credentials as the endpoint of an ECS task gives them, valid for so many milliseconds. */
export function taskCredentials(validMs: number): string {
  return JSON.stringify({
    AccessKeyId: 'test',
    SecretAccessKey: 'test',
    Token: 'token',
    Expiration: new Date(Date.now() + validMs).toISOString(),
  })
}
