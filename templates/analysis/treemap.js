// The map of the page: folders as areas, opened with a click or from the keyboard. It asks for nothing.
(() => {
  'use strict';

  const { tree, sent: sentBytes } = JSON.parse(document.getElementById('tree').textContent);
  const map = document.getElementById('map');
  const trail = document.getElementById('trail');
  const detail = document.getElementById('detail');
  const HEAD = 20;
  const words = { sent: 'sent', avoidable: 'sent and not needed', ignored: 'ignored' };
  const states = Object.keys(words);
  let path = [tree];

  const only = document.getElementById('only');
  const weight = ({ bytes }) => bytes.sent + bytes.avoidable + (only.checked ? 0 : bytes.ignored);
  const heavy = (node) => sentBytes > 0 && node.bytes.sent + node.bytes.avoidable >= sentBytes / 10;
  const dominant = ({ bytes }) => states.reduce((best, state) => (bytes[state] > bytes[best] ? state : best));

  const size = (bytes) => {
    let value = bytes;
    let unit = 0;
    while (value >= 999.5 && unit < 4) {
      value /= 1000;
      unit += 1;
    }
    return `${value < 9.95 && unit > 0 ? value.toFixed(1) : value.toFixed(0)} ${['B', 'kB', 'MB', 'GB', 'TB'][unit]}`;
  };

  const describe = (node) => {
    const share = ((weight(node) / (weight(tree) || 1)) * 100).toFixed(1);
    const parts = states.filter((s) => node.bytes[s] > 0).map((s) => `${size(node.bytes[s])} ${words[s]}`);
    const files = node.kind === 'file' ? '' : `, ${node.files.toLocaleString('en-US')} files`;
    const name = node === tree ? 'The project' : `${node.name}${node.kind === 'folder' ? '/' : ''}`;
    return `${name}: ${size(weight(node))}${files}, ${share} % of all; ${parts.join(', ') || 'empty'}${heavy(node) ? '; heavy' : ''}`;
  };

  /** The worst shape in a row of areas along a side. */
  const worst = (row, side) => {
    const sum = row.reduce((total, { area }) => total + area, 0);
    const long = (side * side * row[0].area) / (sum * sum);
    const short = (sum * sum) / (side * side * row.at(-1).area);
    return Math.max(long, short);
  };

  /** Squarified: rows are filled as long as that makes their areas squarer. */
  const layOut = (nodes, box) => {
    const total = nodes.reduce((sum, node) => sum + weight(node), 0);
    const scale = (box.width * box.height) / (total || 1);
    const open = nodes.filter((node) => weight(node) > 0).map((node) => ({ node, area: weight(node) * scale }));
    const placed = [];
    let { x, y, width, height } = box;
    while (open.length > 0 && width > 0 && height > 0) {
      const side = Math.min(width, height);
      const row = [open.shift()];
      while (open.length > 0 && worst([...row, open[0]], side) <= worst(row, side)) row.push(open.shift());
      const depth = row.reduce((sum, { area }) => sum + area, 0) / side;
      let at = 0;
      for (const { node, area } of row) {
        const length = area / depth;
        placed.push(
          width >= height
            ? { node, x, y: y + at, width: depth, height: length }
            : { node, x: x + at, y, width: length, height: depth },
        );
        at += length;
      }
      if (width >= height) {
        x += depth;
        width -= depth;
      } else {
        y += depth;
        height -= depth;
      }
    }
    return placed;
  };

  const place = (element, box) => {
    element.style.left = `${box.x}px`;
    element.style.top = `${box.y}px`;
    element.style.width = `${Math.max(1, box.width)}px`;
    element.style.height = `${Math.max(1, box.height)}px`;
  };

  const tile = (tag, { node, ...box }, depth) => {
    const element = document.createElement(tag);
    const nested = node.children && box.width > 50 && box.height > 50 && depth < 4;
    element.className = `tile ${node.kind} ${nested ? 'frame' : dominant(node)}${heavy(node) && !nested ? ' heavy' : ''}`;
    place(element, box);
    if (box.width > 34 && box.height > 15) {
      const label = document.createElement('span');
      label.className = 'label';
      label.textContent = `${node.name}${node.kind === 'folder' ? '/' : ''}${box.width > 110 ? ` ${size(weight(node))}` : ''}`;
      element.append(label);
    }
    if (nested) {
      const inside = { x: 2, y: HEAD, width: box.width - 6, height: box.height - HEAD - 4 };
      for (const child of layOut(node.children, inside)) {
        if (child.width < 3 || child.height < 3) continue;
        const part = tile('span', child, depth + 1);
        part.setAttribute('aria-hidden', 'true');
        element.append(part);
      }
    }
    return element;
  };

  const open = (node, from) => {
    if (!node.children) return;
    path = [...path, node];
    draw(from);
  };

  const back = () => {
    if (path.length < 2) return;
    const left = path.at(-1);
    path = path.slice(0, -1);
    draw(left);
  };

  const drawTrail = () => {
    trail.hidden = false;
    trail.replaceChildren(
      ...path.flatMap((node, i) => {
        const step = document.createElement('button');
        step.type = 'button';
        step.textContent = i === 0 ? 'all' : node.name;
        if (i === path.length - 1) step.setAttribute('aria-current', 'true');
        step.addEventListener('click', () => {
          path = path.slice(0, i + 1);
          draw(undefined);
        });
        return i === 0 ? [step] : ['/', step];
      }),
    );
  };

  let tiles = [];

  /** The nearest tile in the direction of an arrow key. */
  const neighbour = (current, key) => {
    const centre = ({ box }) => [box.x + box.width / 2, box.y + box.height / 2];
    const [cx, cy] = centre(current);
    const sideways = key === 'ArrowLeft' || key === 'ArrowRight';
    const sign = key === 'ArrowLeft' || key === 'ArrowUp' ? -1 : 1;
    let best;
    for (const candidate of tiles) {
      const [x, y] = centre(candidate);
      const ahead = sign * (sideways ? x - cx : y - cy);
      const aside = Math.abs(sideways ? y - cy : x - cx);
      if (candidate === current || ahead <= 1) continue;
      const distance = ahead + aside * 2;
      if (!best || distance < best.distance) best = { candidate, distance };
    }
    return best?.candidate;
  };

  const focus = (to) => {
    for (const { element } of tiles) element.tabIndex = element === to.element ? 0 : -1;
    to.element.focus();
  };

  function draw(focused) {
    const shown = path.at(-1);
    const width = map.clientWidth || document.documentElement.clientWidth - 32;
    const height = Math.round(Math.min(560, Math.max(320, width * 0.56)));
    map.style.height = `${height}px`;
    tiles = layOut(shown.children ?? [], { x: 0, y: 0, width, height }).map((box) => ({
      box,
      node: box.node,
      element: tile('button', box, 1),
    }));
    for (const { node, element } of tiles) {
      element.type = 'button';
      element.tabIndex = -1;
      element.setAttribute('aria-label', `${describe(node)}${node.children ? '. Enter opens it' : ''}`);
      element.addEventListener('click', () => open(node, null));
      element.addEventListener('pointerenter', () => {
        detail.textContent = describe(node);
      });
      element.addEventListener('focus', () => {
        detail.textContent = describe(node);
      });
    }
    map.replaceChildren(...tiles.map(({ element }) => element));
    drawTrail();
    detail.textContent = describe(shown);
    const to = tiles.find(({ node }) => node === focused) ?? tiles[0];
    if (to) to.element.tabIndex = 0;
    if (focused !== undefined && to) to.element.focus();
  }

  map.addEventListener('keydown', (event) => {
    const current = tiles.find(({ element }) => element === document.activeElement);
    if (!current) return;
    if (event.key.startsWith('Arrow')) {
      const next = neighbour(current, event.key);
      if (next) focus(next);
    } else if (event.key === 'Home' || event.key === 'End') {
      focus(event.key === 'Home' ? tiles[0] : tiles.at(-1));
    } else if (event.key === 'Enter' || event.key === ' ') {
      open(current.node, null);
    } else if (event.key === 'Escape' || event.key === 'Backspace') {
      back();
    } else {
      return;
    }
    event.preventDefault();
  });

  only.addEventListener('change', () => draw(undefined));

  map.hidden = false;
  only.parentElement.hidden = false;
  draw(undefined);
  let shownWidth = map.clientWidth;
  new ResizeObserver(() => {
    if (map.clientWidth === shownWidth) return;
    shownWidth = map.clientWidth;
    draw(undefined);
  }).observe(map);
})();
