import { execa } from 'execa'
import { pythonPackages } from '../../test/peers/pypi.ts'

const version = '1.46.3'

/**
 * The stock AWS command line, from PyPI, kept in the cache. It gets only what its users would set:
 * an endpoint, a region, and keys.
 */
export async function awsCli(endpoint: string) {
  const packages = await awsCliPackages()
  /** `words` is split at spaces; arguments with spaces go into `more`. */
  return async (words: string, more: readonly string[] = [], accessKeyId = 'AKIATEST') => {
    const args = ['-m', 'awscli', ...words.split(' '), ...more, '--output', 'json']
    const { stdout } = await execa('python3', args, {
      extendEnv: false,
      env: {
        PATH: process.env['PATH'],
        PYTHONPATH: packages,
        AWS_ENDPOINT_URL: endpoint,
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_CONFIG_FILE: '/dev/null',
        AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
        AWS_MAX_ATTEMPTS: '1',
        AWS_PAGER: '',
      },
      stdin: 'ignore',
    })
    return stdout
  }
}

/** The folder of its Python packages, including botocore's models of AWS. */
export function awsCliPackages(): Promise<string> {
  return pythonPackages(`awscli==${version}`)
}
