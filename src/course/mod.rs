//! The course: lessons to read and try, questions to answer, a lecture to give. Each names states of the labs by their
//! links, and has its numbers computed.

pub mod lecture;
pub mod lesson;
pub mod quiz;
