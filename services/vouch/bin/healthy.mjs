// Whether the process that listens here lives: for a health check, in an image that has no curl. Exits with 0 or 1.
const port = process.argv[2] ?? '8080'
const path = process.argv[3] ?? '/healthz'
try {
  const { ok, status } = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(4_000) })
  if (!ok) console.error(`${path} on port ${port} answers ${status}`)
  process.exitCode = ok ? 0 : 1
} catch (error) {
  console.error(`${path} on port ${port} does not answer: ${error.cause?.message ?? error.message}`)
  process.exitCode = 1
}
