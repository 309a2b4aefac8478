#!/usr/bin/env node
/** The `slipway` command. Checks the version of Node.js before it loads code that needs a newer one. */

const needed = [22, 18] as const

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
  process.stderr.write(
    `slipway needs Node.js ${needed.join('.')} or newer (24 is recommended), but this is ${process.versions.node}. ` +
      'Install a newer version: https://nodejs.org/en/download\n',
  )
  process.exitCode = 2
} else {
  const { runCommandLine } = await import('./run.ts')
  await runCommandLine(process.argv.slice(2))
}
