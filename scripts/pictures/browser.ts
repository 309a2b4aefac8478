import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import { startChild } from '../../local/process/child.ts'
import { freePort } from '../../local/process/free-port.ts'
import { until } from '../../local/process/until.ts'

export interface Shot {
  readonly url: string
  /** Where the picture goes: a PNG. */
  readonly file: string
  readonly width: number
  readonly height: number
  /** What the page keeps in `localStorage` before it is loaded. */
  readonly stored?: Readonly<Record<string, unknown>>
  /** The picture is taken once the page shows this text. */
  readonly shows: string
}

export interface Browser {
  readonly take: (shot: Shot) => Promise<void>
  readonly close: () => Promise<void>
}

/** Chromium without a window, spoken to over its DevTools protocol: no dependency drives it. */
export async function openBrowser(program = 'chromium'): Promise<Browser> {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-pictures-'))
  const port = await freePort()
  const chromium = await startChild({
    name: 'Chromium',
    file: program,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--hide-scrollbars',
      `--remote-debugging-port=${port}`,
      `--user-data-dir=${path.join(folder, 'profile')}`,
      'about:blank',
    ],
    logFile: path.join(folder, 'chromium.log'),
  })
  const devTools = `http://127.0.0.1:${port}/json`
  await until(async () => (await fetch(`${devTools}/version`)).ok, {
    what: 'Chromium to answer',
    timeoutMs: 20_000,
    failed: chromium.failed,
  })
  return {
    async take(shot) {
      const answer = await fetch(`${devTools}/new?about:blank`, { method: 'PUT' })
      const page = (await answer.json()) as { id: string; webSocketDebuggerUrl: string }
      await using tab = await openTab(page.webSocketDebuggerUrl)
      await takeIn(tab, shot)
      await fetch(`${devTools}/close/${page.id}`)
    },
    async close() {
      await chromium.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

interface Tab extends AsyncDisposable {
  readonly call: (method: string, params?: object) => Promise<Record<string, unknown>>
}

async function openTab(address: string): Promise<Tab> {
  const socket = new WebSocket(address)
  const waiting = new Map<number, (answer: Answer) => void>()
  socket.addEventListener('message', ({ data }) => {
    const answer = JSON.parse(String(data)) as Answer
    waiting.get(answer.id)?.(answer)
    waiting.delete(answer.id)
  })
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true })
    socket.addEventListener('error', reject, { once: true })
  })
  let calls = 0
  return {
    async call(method, params = {}) {
      calls += 1
      const id = calls
      const { promise, resolve } = Promise.withResolvers<Answer>()
      waiting.set(id, resolve)
      socket.send(JSON.stringify({ id, method, params }))
      const { result, error } = await promise
      if (result === undefined) throw new Error(`${method}: ${error?.message ?? 'no result'}`)
      return result
    },
    [Symbol.asyncDispose]: async () => socket.close(),
  }
}

interface Answer {
  readonly id: number
  readonly result?: Record<string, unknown>
  readonly error?: { readonly message: string }
}

async function takeIn(tab: Tab, shot: Shot): Promise<void> {
  const { url, file, width, height, stored = {}, shows } = shot
  const metrics = { width, height, deviceScaleFactor: 1, mobile: false }
  await tab.call('Emulation.setDeviceMetricsOverride', metrics)
  await tab.call('Page.enable')
  const setting = Object.entries(stored).map(
    ([key, value]) =>
      `localStorage.setItem(${JSON.stringify(key)}, ${JSON.stringify(JSON.stringify(value))})`,
  )
  await tab.call('Page.addScriptToEvaluateOnNewDocument', { source: setting.join(';') })
  await tab.call('Page.navigate', { url })
  // The UI shows Markdown in frames.
  const expression = `[document, ...Array.from(frames, (frame) => frame.document)]
    .some(({ body }) => body?.innerText.includes(${JSON.stringify(shows)}))`
  await until(
    async () => {
      const { result } = await tab.call('Runtime.evaluate', { expression })
      return (result as { value?: unknown }).value === true
    },
    { what: `${url} to show ${JSON.stringify(shows)}`, timeoutMs: 30_000 },
  )
  const { data } = await tab.call('Page.captureScreenshot', { format: 'png' })
  // A page has few colours: with a palette the picture is a third of the size.
  await execa('pngquant', ['128', '--strip', '--force', `--output=${file}`, '-'], {
    input: Buffer.from(String(data), 'base64'),
  })
}
