import { joinPath } from '../../inventory/inventory.ts';

/** Where things are, in the build stage and in the image alike: a virtual environment cannot be moved. */
export const APP_ROOT = '/app';
export const VENV = `${APP_ROOT}/.venv`;
export const BUILD_STAGE = 'build';
export const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Where a Python without the GIL is put; the official images have none. */
export const OWN_PYTHON = '/opt/python';

export const imagePath = (folder: string): string => joinPath(APP_ROOT, folder);
