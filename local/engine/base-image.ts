import { lookup } from 'node:dns/promises'
import { chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import { hasApt, unpackPackage } from '../install/apt.ts'
import { exists, makeOnce } from '../install/cache.ts'
import type { LocalEngine } from './engine.ts'
import { reportProgress } from '../report-progress.ts'

type Docker = (
  args: readonly string[],
  options?: { input?: Buffer; timeout?: number },
) => Promise<string>

/** The base image of `examples/hello`. */
export const helloBaseImage = 'slipway-hello-base:latest'

/**
 * Makes sure that the engine has {@link helloBaseImage}: a shell and a small web server, which is
 * BusyBox's image from Docker Hub, or one made from the distribution's package where Docker Hub
 * cannot be reached.
 */
export async function ensureBaseImage(
  engine: Pick<LocalEngine, 'dockerHost' | 'dockerPath'>,
): Promise<string> {
  const docker: Docker = async (args, options = {}) => {
    const env = { DOCKER_HOST: engine.dockerHost }
    const stdin = options.input === undefined ? { stdin: 'ignore' as const } : {}
    return (await execa(engine.dockerPath, args, { env, ...stdin, ...options })).stdout
  }
  const there = await docker(['image', 'inspect', '--format', '{{.Id}}', helloBaseImage]).catch(
    () => undefined,
  )
  if (there !== undefined) return helloBaseImage
  const pulled = await pull(docker).catch((error: Error) => error)
  if (!(pulled instanceof Error)) return helloBaseImage
  if (!(await hasApt())) {
    throw new Error(
      `examples/hello needs the image busybox, and it cannot be pulled: ${pulled.message}`,
      { cause: pulled },
    )
  }
  await importFromPackage(docker)
  return helloBaseImage
}

async function pull(docker: Docker): Promise<void> {
  // A machine cut off from the internet knows it at once this way, where a pull tries for a while.
  await lookup('registry-1.docker.io')
  reportProgress('pulling busybox:musl from Docker Hub, which examples/hello builds from')
  await docker(['pull', 'busybox:musl'], { timeout: 60_000 })
  await docker(['tag', 'busybox:musl', helloBaseImage])
}

/** A static BusyBox and a link for each of its commands is all that a small image needs. */
async function importFromPackage(docker: Docker): Promise<void> {
  reportProgress(
    `making ${helloBaseImage} from the package busybox-static, as Docker Hub cannot be reached`,
  )
  const unpacked = await makeOnce('busybox-static', (into) => unpackPackage('busybox-static', into))
  const root = await mkdtemp(path.join(tmpdir(), 'slipway-base-'))
  try {
    for (const folder of ['bin', 'etc', 'tmp']) await mkdir(path.join(root, folder))
    await chmod(path.join(root, 'tmp'), 0o1777)
    const busybox = path.join(root, 'bin/busybox')
    await copyFile(await findBusybox(unpacked), busybox)
    await chmod(busybox, 0o755)
    const { stdout: commands } = await execa(busybox, ['--list'])
    for (const command of commands.split('\n').filter((one) => one !== '' && one !== 'busybox')) {
      await symlink('busybox', path.join(root, 'bin', command))
    }
    await writeFile(path.join(root, 'etc/passwd'), 'root:x:0:0:root:/:/bin/sh\n')
    const tar = ['--create', '--numeric-owner', '--owner=0', '--group=0', '--directory', root, '.']
    const { stdout: archive } = await execa('tar', tar, { encoding: 'buffer' })
    const setup = ['--change', 'ENV PATH=/bin', '--change', 'CMD ["sh"]']
    await docker(['import', ...setup, '-', helloBaseImage], { input: Buffer.from(archive) })
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

/** Debian 13 moved it from /bin to /usr/bin. */
async function findBusybox(unpacked: string): Promise<string> {
  for (const place of ['bin/busybox', 'usr/bin/busybox']) {
    const file = path.join(unpacked, place)
    if (await exists(file)) return file
  }
  throw new Error(`found no busybox in ${unpacked}; remove that folder and try again`)
}
