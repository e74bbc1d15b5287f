import type { FoldState, LoggedEvent, Row } from '@vouch/projector'
import { pagesOf } from '../clicks.ts'
import { listClick, listLinks } from '../facts.ts'
import { Program } from '../program.ts'
import { Rows } from '../rows.ts'
import { settle } from '../settle.ts'
import type { VisitorState } from '../state.ts'
import { refOf } from '../trigger.ts'

/** All that a judgement of everything would change: nothing, if everything is as the facts have it. */
export function leftToDo(state: FoldState, { event, recordedAt }: LoggedEvent): readonly Row[] {
  const program = new Program(state, event.data.programId)
  const rows = new Rows(program.id, { type: event.type, occurredAt: event.time, recordedAt })
  for (const [id] of program.scan<VisitorState>('visitor')) {
    for (const page of pagesOf(program, id)) {
      for (const click of page.clicks) listClick(program, id, page, click, rows)
      page.save()
    }
    const visitor = program.visitor(id)
    listLinks(program, id, visitor, rows)
    program.save('visitor', id, visitor)
  }
  const kinds = ['click', 'share', 'signup', 'conversion'] as const
  const refs = kinds.flatMap((kind) => [...program.scan(kind)].map(([id]) => refOf(`${kind}\n${id}`)))
  settle(program, refs, rows)
  return rows.list
}
