/** Does one thing and then the other, so many times over: what slows the machine down for a while slows both. */
export async function inTurn<Tasks extends Readonly<Record<string, (run: number) => Promise<unknown>>>>(
  runs: number,
  tasks: Tasks,
): Promise<{ readonly [Name in keyof Tasks]: Awaited<ReturnType<Tasks[Name]>>[] }> {
  const results = Object.fromEntries(Object.keys(tasks).map((name) => [name, [] as unknown[]]))
  for (let run = 0; run < runs; run++) {
    for (const [name, task] of Object.entries(tasks)) results[name]?.push(await task(run))
  }
  return results as { readonly [Name in keyof Tasks]: Awaited<ReturnType<Tasks[Name]>>[] }
}
