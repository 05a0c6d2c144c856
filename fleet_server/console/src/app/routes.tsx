/** The screens: the navigation shows these, and nothing that does not exist. */
import {
  IconBuildingBank,
  IconGavel,
  IconHistory,
  IconLayoutDashboard,
  IconScale,
  IconTruck,
  type TablerIcon,
} from '@tabler/icons-react'
import { type ComponentType, type LazyExoticComponent, lazy } from 'react'

export type TitleKey =
  | 'overview.title'
  | 'assets.title'
  | 'readiness.title'
  | 'courts.title'
  | 'ledger.title'
  | 'journal.title'

export interface Screen {
  readonly path: string
  readonly titleKey: TitleKey
  readonly icon: TablerIcon
  readonly component: LazyExoticComponent<ComponentType>
}

const loadOverview = () => import('../overview/Overview')

export const SCREENS: readonly Screen[] = [
  {
    path: '/',
    titleKey: 'overview.title',
    icon: IconLayoutDashboard,
    component: lazy(loadOverview),
  },
  {
    path: '/assets',
    titleKey: 'assets.title',
    icon: IconTruck,
    component: lazy(() => import('../assets/Assets')),
  },
  {
    path: '/readiness',
    titleKey: 'readiness.title',
    icon: IconGavel,
    component: lazy(() => import('../readiness/Board')),
  },
  {
    path: '/courts',
    titleKey: 'courts.title',
    icon: IconBuildingBank,
    component: lazy(() => import('../courts/Courts')),
  },
  {
    path: '/ledger',
    titleKey: 'ledger.title',
    icon: IconScale,
    component: lazy(() => import('../ledger/Ledger')),
  },
  {
    path: '/journal',
    titleKey: 'journal.title',
    icon: IconHistory,
    component: lazy(() => import('../journal/Journal')),
  },
]

/** One asset; `useParams().id` is its number. */
export const ASSET_PAGE = {
  path: '/assets/:id',
  component: lazy(() => import('../assets/AssetPage')),
}

/** Has the first screen on its way while it is asked who is there. */
export function hurry(pathname: string): void {
  if (pathname === '/') void loadOverview()
}
