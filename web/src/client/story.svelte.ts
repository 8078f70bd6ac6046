// Whether the server plays a story (`bz demo`): its clock is of the past, and every answer says so.

export const story = $state({ isOn: false });
