import { render } from 'preact';
import { address, filter, followHistory, remembered } from './address.ts';
import { App } from './app.tsx';
import { queryOf } from './find/filter.ts';
import { reloadAfterUpgrade } from './frame/reload-once.ts';
import { readAhead } from './grid/read-timeline.ts';
import { startSession } from './session/session.ts';
import './frame/base.css';
import './frame/frame.css';
import './frame/header.css';
import './frame/forced-colors.css';
import './frame/print.css';

reloadAfterUpgrade();
followHistory();
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
void startSession(() => {
  const { page, sid } = address.value;
  // A place that the history has kept is elsewhere in the list.
  const isTop = page === 'grid' && sid === undefined && remembered('grid') === undefined;
  if (isTop) readAhead(queryOf(filter.value));
});
