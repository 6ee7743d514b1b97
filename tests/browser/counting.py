"""What a person does at a page, counted in the page itself and kept in the tab from page to page.

Script clicks and programmed changes do not count.
"""

COUNT = """
    const note = (kind, what) => {
      const done = JSON.parse(sessionStorage.getItem('done') || '{"clicks": [], "fields": []}');
      if (kind === 'clicks' || !done.fields.includes(what)) done[kind].push(what);
      sessionStorage.setItem('done', JSON.stringify(done));
    };
    addEventListener('click', (event) => event.isTrusted && note('clicks', event.target.textContent.trim()), true);
    addEventListener('input', (event) => event.isTrusted && note('fields', event.target.name), true);
"""
